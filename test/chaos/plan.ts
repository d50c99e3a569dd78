import type {Figure} from '../../benchmark/figures.ts';
import type {chance} from '../real/chance.ts';

/** One way to break a fleet. It throws where something did not hold; what it measured it returns. */
export type Plan = {
  /** `GROUP` or `GROUP/PART`: asked for by either. */
  name: string;
  /** What it breaks, and what is to hold. */
  breaks: string;
  /** How often: within `npm test` (0: another of its group stands for it there), and by `npm run chaos`. */
  rounds: {short: number; long: number};
  /** It mounts a disk or acts as another user. */
  needsRoot?: true;
  run: (context: ChaosContext) => Promise<Figure[]>;
};

export type ChaosContext = {
  rounds: number;
  /** All that is random comes from here, so that a seed repeats the same choices. */
  chance: ReturnType<typeof chance>;
  /** A line about what was done, for whoever looks for the cause of a failure. */
  say: (line: string) => void;
};

/** What this user can try. */
export const isPossible = ({needsRoot}: Plan): boolean => needsRoot !== true || process.getuid?.() === 0;

/** Plans by name or group; all of them when none is named. Null: there is none of that name. */
export function asked(plans: readonly Plan[], names: readonly string[]): Plan[] | null {
  const isMeant = (name: string) => (plan: Plan) => plan.name === name || plan.name.startsWith(`${name}/`);
  if (names.some(name => !plans.some(isMeant(name)))) return null;
  return plans.filter(plan => names.length === 0 || names.some(name => isMeant(name)(plan)));
}
