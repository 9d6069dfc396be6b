import assert from "node:assert/strict";
import { type AddressKind, addressKind, addressOf, nameKind } from "../../../lib/net/address/address.ts";

const addresses: Readonly<Record<AddressKind, readonly string[]>> = {
  public: [
    "1.1.1.1",
    "8.8.8.8",
    "93.184.216.34",
    "172.15.255.255",
    "172.32.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "169.253.255.255",
    "192.169.0.0",
    "198.20.0.0",
    "223.255.255.255",
    "2606:4700::1111",
    "2001:4860:4860::8888",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "2002:808:808::1",
  ],
  loopback: [
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "::1",
    "::",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::127.0.0.1",
    "::ffff:0:127.0.0.1",
    "::ffff:0.0.0.0",
    "64:ff9b::127.0.0.1",
    "2002:7f00:1::",
    "2001:0:5ef5:79fd:0:0:80ff:fffe",
  ],
  private: [
    "10.0.0.0",
    "10.255.255.255",
    "172.16.0.0",
    "172.31.255.255",
    "192.168.0.1",
    "100.64.0.0",
    "100.127.255.255",
    "fc00::",
    "fdff::1",
    "fec0::1",
    "::ffff:10.0.0.1",
    "::192.168.0.1",
    "64:ff9b::ac10:1",
    "2002:c0a8:101::1",
  ],
  "link-local": ["169.254.0.1", "169.254.255.255", "fe80::1", "febf::1", "fe80::1%eth0", "::ffff:169.254.1.1"],
  metadata: [
    "169.254.169.254",
    "169.254.170.2",
    "100.100.100.200",
    "168.63.129.16",
    "fd00:ec2::254",
    "fd00:0ec2:0:0:0:0:0:254",
    "fd20:ce::254",
    "::ffff:169.254.169.254",
    "::ffff:a9fe:a9fe",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::1",
  ],
  reserved: [
    "0.1.2.3",
    "192.0.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "ff02::1",
    "2001:db8::1",
    "100::1",
    "3fff::1",
    "4000::1",
    "::2",
    "64:ff9b:1::808:808",
  ],
};

Deno.test("addressKind() knows the ranges of the registries, and the IPv4 addresses inside IPv6 ones", () => {
  for (const [kind, list] of Object.entries(addresses)) {
    for (const address of list) assert.equal(addressKind(address), kind, address);
  }
});

Deno.test("addressKind() refuses what is no address", () => {
  for (const text of ["localhost", "", "1.2.3.4.5", "::g", "[::1]"]) assert.throws(() => addressKind(text), text);
});

Deno.test("the URL parser and addressOf() see through every spelling of an address", () => {
  const spellings: Readonly<Record<string, readonly string[]>> = {
    "127.0.0.1": [
      "127.1",
      "127.0.1",
      "2130706433",
      "0x7f000001",
      "0x7F.0.0.1",
      "0177.0.0.1",
      "017700000001",
      "127.0.0.1.",
      "127。0。0。1",
      "１２７.０.０.１",
      "%31%32%37.0.0.1",
      "127%2E0%2E0%2E1",
      "user:password@127.0.0.1",
      "127.0.0.1:8080",
      "①②⑦.0.0.1",
    ],
    "169.254.169.254": ["2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "169.254.43518", "0xA9.0xFE.0251.254"],
    "::1": ["[::1]", "[0:0:0:0:0:0:0:1]", "[0000::0001]", "[::0.0.0.1]"],
    "::ffff:7f00:1": ["[::ffff:127.0.0.1]", "[::FFFF:7F00:1]", "[0:0:0:0:0:ffff:127.0.0.1]"],
  };
  for (const [address, list] of Object.entries(spellings)) {
    for (const spelling of list) {
      assert.equal(addressOf(new URL(`http://${spelling}/`).hostname), address, spelling);
    }
  }
  for (const name of ["example.com", "localhost", "1.2.3.4.example.com", "127.0.0.1.nip.io", "0x7f.example"]) {
    assert.equal(addressOf(new URL(`http://${name}/`).hostname), undefined, name);
  }
});

Deno.test("nameKind() knows the names that mean the same everywhere, however they are spelt", () => {
  const names: Readonly<Record<string, AddressKind | undefined>> = {
    "localhost": "loopback",
    "LOCALHOST": "loopback",
    "localhost.": "loopback",
    "loc%61lhost": "loopback",
    "ｌｏｃａｌｈｏｓｔ": "loopback",
    "a.b.localhost": "loopback",
    "localhost.localdomain": "loopback",
    "metadata.google.internal": "metadata",
    "Metadata.Google.Internal.": "metadata",
    "metadata": "metadata",
    "instance-data.ec2.internal": "metadata",
    "intranet": "private",
    "printer.local": "private",
    "db.internal": "private",
    "nas.home.arpa": "private",
    "example.com": undefined,
    "localhost.example.com": undefined,
    "notlocalhost.example": undefined,
    "internal.example": undefined,
    "mylocal.example": undefined,
  };
  for (const [name, kind] of Object.entries(names)) {
    assert.equal(nameKind(new URL(`http://${name}/`).hostname), kind, name);
  }
});
