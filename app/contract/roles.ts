import { z } from 'zod';

/** The file named by VALERA_ROLE_FILE: which revision works. A lower epoch than one already seen is ignored. */
export const ROLES_FILE = z.object({
  epoch: z.int().min(0),
  active: z.string().nullable(),
  draining: z.array(z.string()).default([]),
});

export type RolesFile = z.infer<typeof ROLES_FILE>;
export type Role = 'active' | 'standby' | 'draining';
