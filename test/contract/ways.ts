import {describe, type TestContext} from 'node:test';
import type {Client} from '../../source/api/client.ts';
import type {Fleet} from '../../source/domain/fleet.ts';
import {type Supervised, supervise} from '../helpers/live-home.ts';
import {changesContract} from './changes.ts';
import {fleetContract, leaveSomething, readingContract, type Subject} from './fleet.ts';
import {forkContract} from './forks.ts';
import {mcpContract, mcpReadingContract} from './mcp.ts';
import {scheduleContract} from './schedules.ts';
import {workContract} from './work.ts';
import {workspaceContract} from './workspaces.ts';

/** Makes fleets over a supervisor; what it opens ends with the test, before the supervisor does. */
export type Way = (supervised: Supervised, undo: (() => Promise<unknown>)[]) => Promise<() => Promise<Fleet>>;

export const inProcess: Way =
  async ({supervisor}) =>
  async () =>
    supervisor.as('cli');

export function client(made: Client, undo: (() => Promise<unknown>)[]): Client {
  undo.push(() => made[Symbol.asyncDispose]());
  return made;
}

export async function opened(context: TestContext, way: Way): Promise<Subject & {supervised: Supervised}> {
  const supervised = await supervise();
  const undo: (() => Promise<unknown>)[] = [];
  context.after(async () => {
    for (const step of undo.reverse()) await step();
    await supervised[Symbol.asyncDispose]();
  });
  const another = await way(supervised, undo);
  const {work, agent, shutdowns} = supervised;
  return {fleet: await another(), another, work, agent, shutdowns, supervised};
}

/**
 * All that a fleet has to hold. Each way is a process of its own: one that has seen hundreds of homes is large, and each
 * git that it starts begins with a copy of its memory map.
 */
export function wholeContract(name: string, way: Way): void {
  describe(name, {concurrency: 2}, () => {
    fleetContract(context => opened(context, way));
    workContract(context => opened(context, way));
    workspaceContract(context => opened(context, way));
    scheduleContract(context => opened(context, way));
    mcpContract(context => opened(context, way));
    forkContract(context => opened(context, way));
    changesContract(context => opened(context, way));
    const read = async (context: TestContext) => {
      const subject = await opened(context, way);
      return {fleet: subject.fleet, left: await leaveSomething(subject)};
    };
    readingContract(read);
    mcpReadingContract(read);
  });
}
