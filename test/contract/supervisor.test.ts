import {inProcess, wholeContract} from './ways.ts';

wholeContract('the supervisor', inProcess);
