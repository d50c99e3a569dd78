import {diskFull} from './disk-full.ts';
import type {Plan} from './plan.ts';

/** What can happen to what a home has stored. */
export const storePlans: readonly Plan[] = [diskFull];
