/** A first character that acts is taken for text behind a space. */
export const spaced =
  (marks: RegExp) =>
  (text: string): string =>
    marks.test(text) ? ` ${text}` : text;

/**
 * Some programs look for a slash command behind spaces, too, and take invisible characters away: a word has to
 * stand before it. Paths such as `/etc/hosts` are no commands.
 */
export const introduced = (text: string): string => (/^\s*\/[\w:-]*(\s|$)/.test(text) ? `Message: ${text}` : text);
