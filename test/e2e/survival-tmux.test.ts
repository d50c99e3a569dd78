import {after} from 'node:test';
import {Home} from '../helpers/home.ts';
import {survival} from './survival.ts';

const home = new Home();
after(() => home[Symbol.asyncDispose]());

survival(home, 'tmux');
