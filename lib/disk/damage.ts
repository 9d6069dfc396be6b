/** A file holds other bytes than were written. The message names the file, the offset and what is wrong there. */
export class DamageError extends Error {
  override readonly name = "DamageError";
  readonly path: string;
  readonly offset: number;

  constructor(path: string, offset: number, reason: string) {
    super(`${path} is damaged at byte ${offset}: ${reason}`);
    this.path = path;
    this.offset = offset;
  }
}
