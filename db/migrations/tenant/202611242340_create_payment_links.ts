// Links by which an agency's client pays a booking without an account. A link is for one booking and has the booking's own deadline; the
// token is kept as a digest. Sending again makes a new link and withdraws the one before, so that at most one is open.
export const up = /* sql */ `
create table payment_links (
  id uuid primary key,
  booking_id uuid not null references bookings,
  token_hash text not null unique,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  created_by_id uuid references users,
  opened_at timestamptz,
  revoked_at timestamptz
);
create unique index payment_links_open on payment_links (booking_id) where revoked_at is null;
create index payment_links_booking on payment_links (booking_id, created_at desc);
`;
