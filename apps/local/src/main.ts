import { environment } from '../../shop/src/environment';
import { exitWith } from '../../shop/src/exit';
import { startLocalShop } from './local-shop';
import { Steps } from './steps';

startLocalShop(environment(), new Steps()).catch(exitWith);
