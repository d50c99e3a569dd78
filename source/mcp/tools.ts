import type {Tool} from './tool.ts';
import {boardTools} from './tools/board.ts';
import {knowledgeTools} from './tools/knowledge.ts';
import {sessionTools} from './tools/sessions.ts';

export const tools: readonly Tool[] = [...sessionTools, ...boardTools, ...knowledgeTools];
