import {agentPlans} from './agents.ts';
import {machinePlans} from './machine.ts';
import type {Plan} from './plan.ts';
import {storePlans} from './store.ts';
import {supervisorPlans} from './supervisor.ts';

/** All that is broken, in the order in which it is tried. */
export const plans: readonly Plan[] = [...supervisorPlans, ...agentPlans, ...machinePlans, ...storePlans];
