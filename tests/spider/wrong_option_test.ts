import assert from "node:assert/strict";
import { wrongOption } from "../../lib/spider/wrong_option.ts";

Deno.test("a callback that is given as a function is asked for by its name, without its source", () => {
  const spider = { *product() {} };
  assert.equal(
    wrongOption({ callback: spider.product }),
    'callback is a function: it takes a name, callback: "product"',
  );
  assert.equal(wrongOption({ callback: () => {} }), 'callback is a function: it takes a name, callback: "parse"');
  assert.equal(wrongOption({ callback: 5 }), 'callback is a number: it takes a name, callback: "parse"');
  assert.equal(wrongOption({ callback: "product" }), undefined);
});
