import type {Run} from '../command.ts';
import {skillText} from './skill-text.ts';

export const skill: Run = async ({output}) => {
  if (output.json) output.value({name: 'amux-board', text: skillText});
  else output.raw(skillText);
  return 0;
};
