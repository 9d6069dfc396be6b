/**
 * The schema of the events, as a machine that reads them would use it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { Ended, Event } from "./trawl.ts";

const schema = JSON.parse(Deno.readTextFileSync(new URL("../../docs/events.schema.json", import.meta.url)));
const ajv = new Ajv2020({ allErrors: true, strict: false, formats: { "date-time": true } });
const isEvent = ajv.compile(schema);

/** The types that the schema knows. */
export const types: readonly string[] = schema.oneOf.map(({ $ref }: { $ref: string }) => $ref.split("/").at(-1));

/** Fails unless a value is an event as the schema has it. */
export function checkEvent(event: unknown): asserts event is Event {
  if (!isEvent(event)) assert.fail(`${ajv.errorsText(isEvent.errors)} in:\n${JSON.stringify(event)}`);
}

/** Returns the events on standard error, where nothing but events may be; each is as the schema has it. */
export function checkedEvents({ stderr }: Pick<Ended, "stderr">): readonly Event[] {
  return eventLines(stderr);
}

/** Returns the events of lines of JSON, each as the schema has it. */
export function eventLines(text: string): readonly Event[] {
  return text.split("\n").slice(0, -1).map((line) => {
    const event: unknown = JSON.parse(line);
    checkEvent(event);
    return event;
  });
}
