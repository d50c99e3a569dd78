import {clock} from './clock.ts';
import {damaged} from './damaged.ts';
import {diskFull} from './disk-full.ts';
import {locked} from './locked.ts';
import {manyMessages, manySessions} from './many.ts';
import type {Plan} from './plan.ts';
import {rights} from './rights.ts';

/** What can happen to what a home has stored. */
export const storePlans: readonly Plan[] = [diskFull, rights, locked, damaged, clock, manyMessages, manySessions];
