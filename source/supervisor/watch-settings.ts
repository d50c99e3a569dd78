import {statSync} from 'node:fs';
import {loadConfig} from '../config/profiles.ts';
import {findProject} from '../config/project.ts';
import {loadSettings} from '../config/settings.ts';
import {type WatchdogConfig, wishOf} from '../config/watchdog.ts';
import type {Session} from '../domain/session.ts';
import {type WatchSettings, type WatchWish, watchSettings} from '../domain/watch.ts';

/** A file that was looked at is not looked at again for so long, in ms: it is asked for at each piece of evidence. */
const FRESH_MS = 1000;

type Options = {
  /** The home's configuration. */
  config: string;
  home: string;
  now: () => number;
  /** What is wrong with a configuration. */
  note: (why: string) => void;
};

type Kept = {lookedAt: number; stamp: string; wish: WatchWish};

type Loaded = {watchdog: WatchdogConfig; notices: readonly string[]};

/** What the configurations say of the watchdog, as they stand: those of the home, and a project's over them. */
export type WatchFiles = {
  /** Of a session's directory; null: what holds where nobody's project says anything. */
  of: (session: Pick<Session, 'dir'> | null) => WatchSettings;
};

/** A file that cannot be read leaves what held before, and is told of once. */
export function watchFiles({config, home, now, note}: Options): WatchFiles {
  const files = new Map<string, Kept>();
  const projects = new Map<string, {lookedAt: number; file: string | null}>();
  let merged = new Map<string | null, WatchSettings>();

  const wish = (file: string, load: (file: string) => Loaded): WatchWish => {
    const known = files.get(file);
    const at = now();
    if (known !== undefined && isFresh(known, at)) return known.wish;
    const stamp = stampOf(file);
    let said = known?.wish ?? wishOf(null);
    if (known?.stamp !== stamp) {
      try {
        const {watchdog, notices} = load(file);
        said = wishOf(watchdog);
        // A rule by a wrong name is not in force: who wrote it should not find that out in the morning.
        for (const notice of notices.filter(each => / watchdog\b/.test(each))) note(notice);
      } catch (error) {
        note(`the watchdog goes on as before: ${(error as Error).message}`);
      }
      merged = new Map();
    }
    files.set(file, {lookedAt: at, stamp, wish: said});
    return said;
  };

  const projectOf = (dir: string): string | null => {
    const known = projects.get(dir);
    const at = now();
    if (known !== undefined && isFresh(known, at)) return known.file;
    const file = findProject(dir, {home})?.configFile ?? null;
    projects.set(dir, {lookedAt: at, file});
    return file;
  };

  return {
    of(session) {
      const fleet = wish(config, each => {
        const {settings, notices} = loadSettings(each);
        return {watchdog: settings.watchdog, notices};
      });
      const file = session === null ? null : projectOf(session.dir);
      const own = file === null ? null : wish(file, projectWatchdog);
      const held = merged.get(file) ?? watchSettings(fleet, ...(own === null ? [] : [own]));
      merged.set(file, held);
      return held;
    },
  };
}

function projectWatchdog(file: string): Loaded {
  const {config, notices} = loadConfig(file);
  return {watchdog: config.watchdog, notices};
}

/** A clock that was set back makes nothing fresh for longer. */
const isFresh = ({lookedAt}: {lookedAt: number}, at: number): boolean => Math.abs(at - lookedAt) < FRESH_MS;

function stampOf(file: string): string {
  try {
    const {mtimeMs, size, ino} = statSync(file);
    return `${mtimeMs} ${size} ${ino}`;
  } catch {
    return ''; // Missing: it says nothing.
  }
}
