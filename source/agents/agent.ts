import type {Screen} from '../domain/screen.ts';
import type {Reading} from '../domain/session.ts';

/** What amux knows of one kind of program. One record per file, listed in `registry.ts`. */
export type Agent = {
  /** The name used as `type` in a profile. */
  name: string;
  title: string;
  /** The command line when the profile has none; null: the user's shell. */
  command: string | null;
  /** Arguments that choose a model. */
  modelFlags: (model: string) => string[];
  /** Arguments for running without permission prompts; null: it has no such mode. */
  yoloFlags: string[] | null;
  /** Arguments that print its version. */
  versionFlags: string[] | null;
  /** The versions that its rules were made for (`2.1`: every 2.1.x); null where there are none. */
  knownVersions: string[] | null;
  /** A text so that it is sent as it reads: a first `/` or `!` would act. */
  literal: (text: string) => string;
  /** Pause between a pasted text and Enter: some programs take a fast Enter for part of the paste, in ms. */
  enterDelayMs: number;
  /** Quiet time that ends a turn when nothing better is known, in ms. */
  quietMs: number;
  /** The lines of its screen that are its work: without input line, status lines and remarks on time. */
  content: (lines: readonly string[]) => readonly string[];
  /** It reports its status by OSC 7501 only where the terminal has answered its question. */
  asksForStatus: boolean;
  /** What its screen says; null when amux has no rules for it. */
  read: ((screen: Screen) => Reading) | null;
};
