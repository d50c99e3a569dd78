import type {Agent} from '../agents/agent.ts';
import {type Screen, screenText} from '../domain/screen.ts';

/** Between two looks at what stands on a screen, in ms: progress is a matter of minutes. */
const LOOK_EVERY_MS = 5000;
/** A line that says nothing but that something runs: a spinner before a word that changes, or how to end it. */
const BUSY_LINE = /^\s*[\u2800-\u28ff✢✳✶✻✽✺·•∗*◐-◷|/\\-]\s.*(…|\.\.\.)|\b(esc|ctrl\+c) to (interrupt|cancel|stop)\b/i;
/** What moves while nothing happens: spinners, counters, clocks. */
const MOVING = /[\s\d\u2800-\u28ff✢✳✶✻✽✺·•∗◐-◷]/g;

/** One of those of ASCII, which only move where they stand alone. */
const TURNING = /(^|\s)[|/\\-](?=\s|$)/g;

/** Whether a screen shows something new, apart from what also moves while a program hangs. */
export class ContentWatch {
  #text: string | null = null;
  #lookedAt = Number.NEGATIVE_INFINITY;

  /** `at` in ms since the epoch. */
  isNew(screen: Screen, {content}: Pick<Agent, 'content'>, at: number): boolean {
    if (Math.abs(at - this.#lookedAt) < LOOK_EVERY_MS) return false;
    this.#lookedAt = at;
    const before = this.#text;
    this.#text = contentOf(content(screenText(screen)));
    return before !== null && before !== this.#text;
  }
}

export const contentOf = (lines: readonly string[]): string =>
  lines
    .filter(line => !BUSY_LINE.test(line))
    .map(line => line.replace(TURNING, '$1').replace(MOVING, ''))
    .filter(line => line !== '')
    .join('\n');
