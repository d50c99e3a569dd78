import type {ApprovalView} from '../../source/domain/fleet.ts';
import {SCENE_NOW} from './scene.ts';

/** A request of one of the scene's sessions. */
export function approvalOf(change: Partial<ApprovalView> & {id: string; session: string}): ApprovalView {
  return {
    session_id: `id-${change.session}`,
    agent: 'claude',
    dir: `/work/shop/${change.session}`,
    kind: 'permission',
    tool: 'Bash',
    input: {command: 'rm -rf dist', description: 'Clean the build output'},
    title: 'Bash(rm -rf dist)',
    suggestions: [],
    choices: [
      {n: 1, label: 'Yes', means: 'allow'},
      {n: 2, label: 'Yes, and always allow access to dist/ from this project', means: 'always'},
      {n: 3, label: 'No', means: 'deny'},
    ],
    via: 'hook',
    asked_at: SCENE_NOW / 1000 - 130,
    ...change,
  };
}

export const scenePending = (): ApprovalView[] => [
  approvalOf({id: 'a-one', session: 'payments'}),
  approvalOf({
    id: 'a-two',
    session: 'docs',
    agent: 'gemini',
    kind: 'question',
    tool: 'ask_user',
    title: 'Which colour?',
    input: {questions: [{question: 'Which colour?', options: [{label: 'Red', description: 'warm'}]}]},
    choices: [
      {n: 1, label: 'Red', means: 'answer'},
      {n: 2, label: 'Blue', means: 'answer'},
    ],
    asked_at: SCENE_NOW / 1000 - 100,
  }),
];
