/** Safe looks into what other programs wrote. */
export const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};

export const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The text of a message: itself, or its text parts, line by line; empty: it has none. */
export function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .map(part => (typeof part === 'string' ? part : text(record(part)['text'])))
    .filter(part => part !== '')
    .join('\n');
}
