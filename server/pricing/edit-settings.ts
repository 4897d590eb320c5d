import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { noAudit, type AuditPen } from '../kernel/http/audit.ts';
import { VersionChanged } from '../kernel/http/entity-tag.ts';
import type { PricingSettingsChange, PricingSettingsView } from './schema.ts';

const COLUMNS = {
  guardMode: 'guard_mode',
  floorMinor: 'floor_minor',
  minMarginMinor: 'min_margin_minor',
  version: 'version',
};

/** What the reseller decided about its margin. */
export async function readSettings(sql: TenantSql): Promise<PricingSettingsView> {
  const settings = await sql.one<PricingSettingsView>(q('pricing_settings').select(COLUMNS));
  if (!settings) throw new Error('The tenant has no row of pricing settings');
  return settings;
}

/** Prices change with the next search; quotes keep theirs. @throws VersionChanged when it was changed since it was read */
export async function changeSettings(
  sql: TenantSql,
  version: number,
  change: PricingSettingsChange,
  audit: AuditPen = noAudit,
): Promise<PricingSettingsView> {
  const before = await readSettings(sql);
  const written = await sql.run(
    q('pricing_settings')
      .where({ version })
      .update({
        guard_mode: change.guardMode,
        floor_minor: change.floorMinor,
        min_margin_minor: change.minMarginMinor,
        version: q.raw('version + 1'),
      }),
  );
  if (written === 0) throw VersionChanged();
  const after = await readSettings(sql);
  audit.note({ before: { ...before }, after: { ...after } });
  return after;
}
