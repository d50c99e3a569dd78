/**
 * Questions that a program waits for an answer to (device attributes, cursor position, modes, colours,
 * DCS requests), and status reports (OSC 7501), which are not to be noticed a second late.
 */
const QUESTION = /\u001b(?:\[[?>=]?[\d;]*(?:[cnuqt]|\$p)|\]7501;|\][\d;]*;\?|P)/;
/** A sequence that goes on in the next chunk. */
const CUT = /\u001b(?:[\]P][^\u0007]*|\[[\d;?>=<]*\$?)?$/;
/** What is kept of one: enough to recognise it. */
const CARRY_MAX = 64;

/** Tells for each chunk of output whether it must be parsed at once. Sequences may be split anywhere. */
export function createQuestionSpotter(): (chunk: string) => boolean {
  let carry = '';
  return chunk => {
    if (carry === '' && !chunk.includes('\u001b')) return false;
    const text = carry + chunk;
    const start = text.lastIndexOf('\u001b');
    carry = CUT.exec(text.slice(start))?.[0].slice(0, CARRY_MAX) ?? '';
    return QUESTION.test(text);
  };
}
