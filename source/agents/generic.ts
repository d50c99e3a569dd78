import type {Agent} from './agent.ts';

/** Any command: judged by its process, its output and what it reports by OSC 7501. */
export const generic: Agent = {
  name: 'generic',
  title: 'any command',
  command: null,
  modelFlags: () => [],
  yoloFlags: null,
  permissionModes: {},
  versionFlags: null,
  knownVersions: null,
  literal: text => text,
  enterDelayMs: 30,
  quietMs: 1000,
  content: lines => lines,
  asksForStatus: false,
  readTitle: null,
  equip: null,
  readHook: null,
  answerHook: null,
  readStream: null,
  transcript: null,
  resumeFlags: null,
  forkFlags: null,
  read: null,
};
