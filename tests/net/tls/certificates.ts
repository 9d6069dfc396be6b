/**
 * Certificates for servers of tests, good ones and bad ones, made by `openssl` into a temporary folder.
 *
 * @module
 */

import { hasProgram } from "../../programs.ts";

/** What a server needs to speak TLS. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

const configuration = `
[ca]
default_ca = here
[here]
database = index.txt
serial = serial
new_certs_dir = .
default_md = sha256
policy = any
unique_subject = no
copy_extensions = copy
x509_extensions = leaf
[any]
commonName = supplied
[leaf]
basicConstraints = CA:FALSE
`;

const here = "DNS:localhost,DNS:app.localhost,IP:127.0.0.1";

/** Whether this machine has `openssl`; tests without it say so and skip. */
export const hasOpenssl: boolean = await hasProgram("openssl", ["version"], "the tests with certificates");

/** What there is to choose from. */
export type CertificateName =
  | "good"
  | "expired"
  | "notYet"
  | "wrongHost"
  | "selfSigned"
  | "selfSignedServer"
  | "otherAuthority";

/** A certificate authority of its own, and what it has signed for `localhost`; the folder goes when it is disposed of. */
export class Certificates implements AsyncDisposable {
  readonly #folder: string;
  /** The authority's certificate, as `--ca-file` takes it. */
  readonly authority: string;
  readonly authorityFile: string;
  readonly good: Certificate;
  readonly expired: Certificate;
  readonly notYet: Certificate;
  readonly wrongHost: Certificate;
  /** As `openssl req -x509` makes it by itself: an authority's. */
  readonly selfSigned: Certificate;
  /** Self-signed, and a server's. */
  readonly selfSignedServer: Certificate;
  /** Signed by an authority that nobody knows. */
  readonly otherAuthority: Certificate;

  static async make(): Promise<Certificates> {
    const folder = await Deno.makeTempDir({ prefix: "trawl-certificates-" });
    await Deno.writeTextFile(`${folder}/ca.cnf`, configuration);
    await Deno.writeTextFile(`${folder}/index.txt`, "");
    await Deno.writeTextFile(`${folder}/serial`, "1000\n");
    await selfSigned(folder, "ca", ["-subj", "/CN=trawl test authority"]);
    await selfSigned(folder, "stranger", ["-subj", "/CN=another authority"]);
    await selfSigned(folder, "self", ["-subj", "/CN=localhost", "-addext", `subjectAltName=${here}`]);
    const server = ["-addext", "basicConstraints=critical,CA:FALSE"];
    await selfSigned(folder, "server", ["-subj", "/CN=localhost", "-addext", `subjectAltName=${here}`, ...server]);
    await signed(folder, "good", here);
    await signed(folder, "wrong", "DNS:elsewhere.test");
    await signed(folder, "expired", here, { from: "20200101000000Z", until: "20210101000000Z" });
    await signed(folder, "future", here, { from: "20900101000000Z", until: "20910101000000Z" });
    await signed(folder, "other", here, { authority: "stranger" });
    return new Certificates(folder);
  }

  private constructor(folder: string) {
    this.#folder = folder;
    const read = (name: string) => Deno.readTextFileSync(`${folder}/${name}`);
    const pair = (name: string) => ({ cert: read(`${name}.pem`), key: read(`${name}.key`) });
    this.authorityFile = `${folder}/ca.pem`;
    this.authority = read("ca.pem");
    this.good = pair("good");
    this.wrongHost = pair("wrong");
    this.expired = pair("expired");
    this.notYet = pair("future");
    this.selfSigned = pair("self");
    this.selfSignedServer = pair("server");
    this.otherAuthority = pair("other");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#folder, { recursive: true });
  }
}

const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout"];

async function selfSigned(folder: string, name: string, more: readonly string[]): Promise<void> {
  await openssl(folder, ["req", "-x509", ...key, `${name}.key`, "-out", `${name}.pem`, "-days", "30", ...more]);
}

async function signed(
  folder: string,
  name: string,
  hosts: string,
  { from = "20200101000000Z", until = "20890101000000Z", authority = "ca" } = {},
): Promise<void> {
  const asked = ["-out", `${name}.csr`, "-subj", "/CN=localhost", "-addext", `subjectAltName=${hosts}`];
  await openssl(folder, ["req", ...key, `${name}.key`, ...asked]);
  const files = ["-in", `${name}.csr`, "-out", `${name}.pem`, "-notext"];
  const signer = ["-config", "ca.cnf", "-cert", `${authority}.pem`, "-keyfile", `${authority}.key`];
  await openssl(folder, ["ca", "-batch", ...signer, ...files, "-startdate", from, "-enddate", until]);
}

async function openssl(folder: string, args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("openssl", { args: [...args], cwd: folder, stdout: "null" })
    .output();
  if (!success) throw new Error(`openssl ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
}
