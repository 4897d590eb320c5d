import { NotFound } from '../kernel/errors.ts';
import type { RequestContext } from '../kernel/http/context.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { q } from '../kernel/database/builder.ts';
import { buildAcceptedDifference, lockLedger, postTransaction } from '../ledger/index.ts';
import { compareAtService, compareAtSuppliers } from './compare.ts';
import { lookUpOthers, nameOf } from './compare-others.ts';
import { CaseMoved, CaseNotLinkable, CaseSettled, ProposerMayNotApprove } from './errors.ts';
import { newId } from '../kernel/ids.ts';
import { askAgain, type ReconciliationDeps } from './reconcile-day.ts';
import { gapOf, isLinkable, isUnsettled, needsSecondPerson, type Case, type Comparison } from './reconciliation.ts';
import { booksOf, findCase, keepVerdict, tieLines, updateCase } from './repository.ts';

/** @throws NotFound */
export async function getCase(sql: TenantSql, id: string, lock = false): Promise<Case> {
  const one = await findCase(sql, id, lock);
  if (!one) throw NotFound({ what: 'This case' });
  return one;
}

const personOf = (ctx: RequestContext): string | null =>
  ctx.actor.kind === 'user' && !ctx.actor.actingParty ? ctx.actor.id : null;

function note(ctx: RequestContext, one: Case, state: string, details: Record<string, unknown> = {}): void {
  ctx.audit.note({
    subject: { type: 'Reconciliation', id: one.id, label: one.bookingReference ?? one.reference ?? one.key },
    before: { state: one.state },
    after: { state },
    details: { gapMinor: gapOf(one), currency: one.currency, ...details },
  });
}

/**
 * Accepts a difference: it is posted to a named account, so that the books say what the other side says. Above the limit it is proposed,
 * and a second person accepts it. What the books say is looked up again while nothing can be posted: where it moved since the case was
 * found, the case takes the new amounts and nothing is accepted.
 * @throws NotFound, CaseSettled, CaseMoved, ProposerMayNotApprove, MonthClosed
 */
export async function acceptDifference(
  deps: ReconciliationDeps,
  ctx: RequestContext,
  id: string,
  reason: string,
): Promise<Case> {
  const limit = await deps.ports.fourEyesLimit(ctx.tenant);
  const person = personOf(ctx);
  const hasMoved = await deps.database.withTenant(ctx.tenant, async (sql) => {
    const one = await getCase(sql, id, true);
    if (!isUnsettled(one.state)) throw CaseSettled({ state: one.state });
    const at = deps.clock.now();
    await lockLedger(sql);
    const fresh = await lookAtBooks(sql, one);
    if ((fresh.ours ?? 0) !== one.oursMinor) {
      await keepVerdict(sql, { counterparty: one.counterparty, day: one.day, comparison: fresh, at });
      return true;
    }
    const isLarge = needsSecondPerson(gapOf(one), limit);
    if (isLarge && one.state === 'open') {
      await updateCase(sql, id, { state: 'proposed', reason, author_id: person, updated_at: at });
      note(ctx, one, 'proposed');
      return false;
    }
    // A program, or somebody in another's place, is no second pair of eyes.
    if (isLarge && (person === null || person === one.authorId)) throw ProposerMayNotApprove();
    await postDifference(sql, one, at);
    const decided = { decided_by: person, decided_at: at, updated_at: at };
    const author = one.state === 'open' ? { reason, author_id: person } : {};
    await updateCase(sql, id, { state: 'accepted', ...author, ...decided });
    note(ctx, one, 'accepted');
    return false;
  });
  if (hasMoved) throw CaseMoved();
  return getCase(ctx.sql, id);
}

/** A case's comparison with what the books say now; the other side's word stays the one that was decided on. */
async function lookAtBooks(sql: TenantSql, one: Case): Promise<Comparison> {
  const { key, bookingId, reference, currency } = one;
  const theirs = one.kind === 'missing_there' ? null : one.theirsMinor;
  const comparison = { key, bookingId, reference, currency, ours: null, theirs };
  if (key.startsWith('line/')) {
    const [found] = await lookUpOthers(sql, [comparison]);
    return { ...comparison, ours: found?.ours ?? null };
  }
  if (bookingId === null) return comparison;
  const isService = one.counterparty === 'stripe';
  const balance = (await booksOf(sql, isService ? 'psp_clearing' : 'supplier_payable', [bookingId])).get(bookingId);
  // A payable is a credit: what is owed is its negative.
  return { ...comparison, ours: balance ? (isService ? balance.minor : -balance.minor) : null };
}

async function postDifference(sql: TenantSql, one: Case, at: Date): Promise<void> {
  const isService = one.counterparty === 'stripe';
  const { repeated } = await postTransaction(
    sql,
    buildAcceptedDifference({
      account: isService ? 'psp_clearing' : 'supplier_payable',
      // Each decision posts, also where a case comes back with the same gap. The other side's name stands in the key: by it the next look
      // finds what was posted.
      key: `${newId()}/${one.key.startsWith('line/') ? nameOf(one) : ''}`,
      // A payable is a credit.
      gap: isService ? gapOf(one) : -gapOf(one),
      currency: one.currency,
    }),
    {
      // Under a booking's name it would count as the booking's own.
      bookingId: one.key.startsWith('line/') ? null : one.bookingId,
      occurredAt: at,
      description: `Accepted difference ${one.bookingReference ?? one.reference ?? one.day}`,
    },
  );
  if (repeated) throw new Error(`The decision on case ${one.id} was posted before; nothing is accepted.`);
}

/**
 * Ties a movement that belongs to no booking to one, by hand; the booking is then compared with it.
 * @throws NotFound, CaseSettled, CaseNotLinkable
 */
export async function linkCase(
  deps: ReconciliationDeps,
  ctx: RequestContext,
  id: string,
  input: { bookingReference: string; reason: string },
): Promise<Case> {
  await deps.database.withTenant(ctx.tenant, async (sql) => {
    const one = await getCase(sql, id, true);
    if (!isUnsettled(one.state)) throw CaseSettled({ state: one.state });
    if (!isLinkable(one) || !one.reference) throw CaseNotLinkable();
    const booking = await sql.one<{ id: string }>(
      q('bookings').where({ reference: input.bookingReference }).select('id'),
    );
    if (!booking) throw NotFound({ what: 'This booking' });
    const at = deps.clock.now();
    await tieLines(sql, one.reference, booking.id);
    await updateCase(sql, id, {
      state: 'linked',
      booking_id: booking.id,
      reason: input.reason,
      author_id: personOf(ctx),
      decided_by: personOf(ctx),
      decided_at: at,
      updated_at: at,
    });
    for (const comparison of await compareAtService(sql, [booking.id]))
      await keepVerdict(sql, { counterparty: 'stripe', day: one.day, comparison, at });
    note(ctx, one, 'linked', { booking: input.bookingReference });
  });
  return getCase(ctx.sql, id);
}

/** Asks the other side again about one case: it heals, or stays with the newest amounts. @throws NotFound */
export async function checkCase(deps: ReconciliationDeps, ctx: RequestContext, id: string): Promise<Case> {
  const one = await getCase(ctx.sql, id);
  if (one.bookingId && !one.key.startsWith('line/')) {
    if (one.counterparty === 'stripe') await askAgain(deps, ctx.tenant, one.bookingId);
    const comparisons =
      one.counterparty === 'stripe'
        ? await compareAtService(ctx.sql, [one.bookingId])
        : (await compareAtSuppliers(ctx.sql, deps.ports, [one.bookingId])).comparisons;
    const at = deps.clock.now();
    await deps.database.withTenant(ctx.tenant, async (sql) => {
      for (const comparison of comparisons)
        await keepVerdict(sql, { counterparty: one.counterparty, day: one.day, comparison, at });
    });
  }
  return getCase(ctx.sql, id);
}
