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

/** A word that ends the program when it is the whole message; spaces around it change nothing. */
export const staying =
  (leaving: readonly string[]) =>
  (text: string): string =>
    leaving.includes(text.trim()) ? `Message: ${text}` : text;

/** Enter takes what is offered for the last word, or makes a new line of a backslash, unless a space stands behind it. */
export const closed =
  (open: RegExp) =>
  (text: string): string =>
    open.test(text) ? `${text} ` : text;
