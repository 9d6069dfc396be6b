import fc from "fast-check";

/** Pieces that a URL parser treats in a way of its own, between ordinary ones. */
const piece = fc.constantFrom(
  ..."/ // /. /.. ./ ../ . .. ? ?? & = a b=1 a=%20+ # #x : :80 :443 @ u:p@ \\ % %2e %2E %41 %zz %e9 [ ] { } | ^ ` ' \" < > ; , ! $ * ( ) ~ _ - +"
    .split(" "),
  ..." \t \n \0 é \u00df ß \ud800 \uff0e 日本".split(" "),
  ...["page", "index.html", "a.b", "x-y_z", ".hidden", "..a", "a..", "1", "0x7f", "xn--a", "xn--nxasmq6b", "a--b"],
);

/** Something that may be a link: often relative, often odd. */
export const anyLink: fc.Arbitrary<string> = fc.tuple(
  fc.constantFrom(
    "",
    "",
    "/",
    "//",
    "?",
    "#",
    "http://",
    "https://",
    "HTTP://h",
    "http:",
    "mailto:",
    "http://example.com/",
    "//other/",
  ),
  fc.array(piece, { maxLength: 6 }),
).map(([start, pieces]) => start + pieces.join(""));

/** Something that may be an absolute URL. */
export const anyUrl: fc.Arbitrary<string> = fc.tuple(
  fc.constantFrom(
    "http://",
    "https://",
    "http://example.com",
    "https://a.b-c.example/",
    "HTTP://Example.COM/",
    "http://u:p@h:8080/",
  ),
  fc.array(piece, { maxLength: 8 }),
).map(([start, pieces]) => start + pieces.join(""));
