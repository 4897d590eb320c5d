import { defineProblem } from '../errors.ts';
import type { Actor } from './actor.ts';

/** What stays with the person itself while somebody acts as it, whatever its role allows. */
export const NotWhileActing = defineProblem({
  code: 'access.not_while_acting',
  status: 403,
  title: 'Not while you act as somebody',
  detail: (x: { name: string }) =>
    `You act as ${x.name}: passwords, sessions, credentials, rights and money are left to that person, as is what its role does not allow. Stop acting first.`,
});

/** @throws NotWhileActing */
export function mustActAsOneself({ actingParty, name }: Pick<Actor, 'actingParty' | 'name'>): void {
  if (actingParty) throw NotWhileActing({ name });
}

/** An operator of the platform moves nobody's money; who acts for a customer by its own role may. @throws NotWhileActing */
export function mustNotBeOperator({ actingParty, name }: Pick<Actor, 'actingParty' | 'name'>): void {
  if (actingParty?.kind === 'operator') throw NotWhileActing({ name });
}
