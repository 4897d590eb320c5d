// PostgreSQL lets everybody make temporary tables, and they outlive the transaction: on a pooled connection one tenant's would still be
// there for the next. Nothing of ours needs them.
export const up = /* sql */ `
do $$ begin
  execute format('revoke temporary on database %I from public', current_database());
end $$;
`;
