import {existsSync} from 'node:fs';
import {baseColumns} from '../domain/columns.ts';
import {AmuxError} from '../domain/errors.ts';
import type {Settings} from './settings.ts';

/** What a command has to know where nobody supervises. */
export type EarlySettings = Pick<Settings, 'backend' | 'detachKey' | 'autostart' | 'prices'> & {
  board: Pick<Settings['board'], 'columns'>;
};

/** As the schema has them. */
export const unwritten: EarlySettings = {
  backend: 'auto',
  detachKey: 'C-b d',
  autostart: true,
  prices: {},
  board: {columns: [...baseColumns]},
};

/**
 * Of the home's `config.yaml`; `config.invalid` with the line where it is wrong. What reads and checks it takes as long
 * to load as the rest of a short command: where there is none, nobody has to wait for it.
 */
export async function earlySettings(file: string): Promise<EarlySettings> {
  if (!existsSync(file)) return unwritten;
  return (await import('./settings.ts')).loadStart(file).settings;
}

/** The same for what only looks: where the file is wrong, as if nothing were written, and what is wrong. */
export async function settingsForReading(file: string): Promise<{settings: EarlySettings; fault: AmuxError | null}> {
  try {
    return {settings: await earlySettings(file), fault: null};
  } catch (error) {
    if (!(error instanceof AmuxError && error.code === 'config.invalid')) throw error;
    return {settings: unwritten, fault: error};
  }
}
