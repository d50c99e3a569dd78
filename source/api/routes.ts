import type {Route} from './route.ts';
import {accessRoutes} from './routes/access.ts';
import {approvalRoutes} from './routes/approvals.ts';
import {boardRoutes} from './routes/board.ts';
import {knowledgeRoutes} from './routes/knowledge.ts';
import {sessionRoutes, steeringRoutes, terminalRoutes} from './routes/sessions.ts';
import {systemRoutes} from './routes/system.ts';

/** Every route that answers once. */
export const routes: readonly Route[] = [
  ...systemRoutes,
  ...sessionRoutes,
  ...steeringRoutes,
  ...approvalRoutes,
  ...terminalRoutes,
  ...boardRoutes,
  ...knowledgeRoutes,
  ...accessRoutes,
];

/** Every route that stays. */
export {streamRoutes} from './routes/sessions.ts';
