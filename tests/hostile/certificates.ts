/**
 * Certificates of every sort, made by openssl.
 *
 * @module
 */
import assert from "node:assert/strict";

export type CertificateName = "valid" | "expired" | "notYet" | "selfSigned" | "otherHost" | "otherAuthority";

/** A certificate with its key, each as text. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export type Certificates = Readonly<Record<CertificateName, Certificate>> & {
  /** The authority that has signed them, as text: who trusts it should take `valid` and no other. */
  readonly authority: string;
};

const own = "subjectAltName=IP:127.0.0.1,DNS:localhost";
const fine = ["20200101000000Z", "20991231000000Z"] as const;

/** Makes all of them, in a folder that is gone when it returns. */
export async function makeCertificates(): Promise<Certificates> {
  const folder = await Deno.makeTempDir({ prefix: "trawl-tls-" });
  try {
    const authority = await authorityIn(folder, "authority");
    const other = await authorityIn(folder, "other");
    const valid = await signed(folder, authority, "valid", own, fine);
    return {
      authority: Deno.readTextFileSync(`${folder}/authority.pem`),
      valid,
      expired: await signed(folder, authority, "expired", own, ["20200101000000Z", "20210101000000Z"]),
      notYet: await signed(folder, authority, "notYet", own, ["20980101000000Z", "20991231000000Z"]),
      otherHost: await signed(folder, authority, "otherHost", "subjectAltName=DNS:other.example", fine),
      otherAuthority: await signed(folder, other, "otherAuthority", own, fine),
      selfSigned: await selfSigned(folder),
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Makes an authority and the files that openssl keeps of it; returns its name. */
async function authorityIn(folder: string, name: string): Promise<string> {
  Deno.writeTextFileSync(`${folder}/${name}.index`, "");
  Deno.writeTextFileSync(
    `${folder}/${name}.conf`,
    `[ca]\ndefault_ca=own\n[own]\ndatabase=${name}.index\nnew_certs_dir=.\nrand_serial=yes\ndefault_md=sha256\n` +
      `policy=any\nunique_subject=no\ncopy_extensions=copy\n[any]\ncommonName=supplied\n`,
  );
  const constraints = ["-addext", "basicConstraints=critical,CA:TRUE", "-days", "10000"];
  await openssl(folder, [
    "req",
    "-x509",
    ...newKey(name),
    "-subj",
    `/CN=${name}`,
    ...constraints,
    "-out",
    `${name}.pem`,
  ]);
  return name;
}

async function signed(
  folder: string,
  authority: string,
  name: string,
  extension: string,
  [from, to]: readonly [string, string],
): Promise<Certificate> {
  const request = ["-subj", `/CN=${name}`, "-addext", extension, "-out", `${name}.csr`];
  await openssl(folder, ["req", "-new", ...newKey(name), ...request]);
  const signer = ["-config", `${authority}.conf`, "-cert", `${authority}.pem`, "-keyfile", `${authority}.key`];
  const times = ["-startdate", from, "-enddate", to];
  const files = ["-in", `${name}.csr`, "-out", `${name}.pem`, "-notext", "-batch"];
  await openssl(folder, ["ca", ...signer, ...times, ...files]);
  return readCertificate(folder, name);
}

async function selfSigned(folder: string): Promise<Certificate> {
  const rest = ["-subj", "/CN=self", "-addext", own, "-days", "10000", "-out", "self.pem"];
  await openssl(folder, ["req", "-x509", ...newKey("self"), ...rest]);
  return readCertificate(folder, "self");
}

function newKey(name: string): readonly string[] {
  return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", `${name}.key`];
}

function readCertificate(folder: string, name: string): Certificate {
  return {
    cert: Deno.readTextFileSync(`${folder}/${name}.pem`),
    key: Deno.readTextFileSync(`${folder}/${name}.key`),
  };
}

async function openssl(folder: string, args: readonly string[]): Promise<void> {
  const command = new Deno.Command("openssl", { args: [...args], cwd: folder, stdout: "null", stderr: "piped" });
  const { success, stderr } = await command.output();
  assert.ok(success, `openssl ${args[0]}: ${new TextDecoder().decode(stderr)}`);
}
