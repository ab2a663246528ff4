import { fileURLToPath } from 'node:url';
import { loadWorkshop } from '../../app/workshop/load.ts';
import type { Workshop } from '../../app/workshop/types.ts';

export const EXAMPLE_DIR = fileURLToPath(new URL('../../app/workshop/example', import.meta.url));

/** The invented workshop that the demo ships with. */
export const exampleWorkshop = (): Promise<Workshop> => loadWorkshop(EXAMPLE_DIR);
