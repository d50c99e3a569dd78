import type {CockpitEnd, CockpitOptions} from './options.ts';

export type {CockpitEnd, CockpitInfo, CockpitOptions} from './options.ts';

/** The full-screen cockpit over a fleet; resolves with the terminal restored. */
export async function runCockpit(options: CockpitOptions): Promise<CockpitEnd> {
  void options;
  return {reason: 'quit'};
}
