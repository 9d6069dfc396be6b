/** Returns a whole number with a comma before every three digits: `"1,234,567"`. */
export function formatCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(?:\d{3})+$)/g, ",");
}
