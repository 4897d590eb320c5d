// Since when tiers are reviewed: only months that begin after it are, so that nobody loses a tier for a month that was never announced.
export const up = /* sql */ `
alter table tier_review_settings add column on_since timestamptz;
comment on column tier_review_settings.on_since is 'null while off; also where reviews were on before this was noted';
`;
