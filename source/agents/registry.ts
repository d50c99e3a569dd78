import type {Agent} from './agent.ts';
import {claude} from './claude.ts';
import {codex} from './codex.ts';
import {gemini} from './gemini.ts';
import {generic} from './generic.ts';
import {opencode} from './opencode.ts';

export const agents: readonly Agent[] = [claude, codex, gemini, opencode, generic];

/** The record of a profile's `type`; any other type is a generic command. */
export function agentOf(type: string): Agent {
  return agents.find(agent => agent.name === type) ?? generic;
}
