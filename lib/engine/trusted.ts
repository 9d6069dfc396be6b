import type { Request } from "../model/request.ts";

/** Whether the user asked for this very request: a start request, and not what a page or a redirect led to. */
export function isTrusted({ depth, redirects }: Request): boolean {
  return depth === 0 && redirects.length === 0;
}
