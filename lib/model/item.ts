/** What a spider is after: a plain object that a callback yields and a feed writes. */
export type Item = Readonly<Record<string, unknown>>;
