// Who travels, who is written to and who did what are stored sealed. Found by terms of the lead traveller's name, and
// by the contact's address. The customer an invoice
// is addressed to moves out of the invoice, which never changes: so it can be sealed anew when keys rotate, and be erased when the law lets it.
export const up = /* sql */ `
alter table bookings alter column lead_surname drop not null, add column lead_terms text[] not null default '{}',
  add column contact_index text;
update bookings set lead_surname = null;
create index bookings_contact_index on bookings (contact_index);
create index bookings_lead_terms on bookings using gin (lead_terms);

alter table notifications drop constraint notifications_event_id_template_channel_recipient_key;

create table invoice_customers (
  invoice_id uuid primary key references invoices,
  party jsonb not null
);
alter table invoices disable trigger invoices_immutable;
insert into invoice_customers (invoice_id, party) select id, customer from invoices where customer ->> 'agencyId' is null;
update invoices set customer = '{"agencyId": null}' where customer ->> 'agencyId' is null;
alter table invoices enable trigger invoices_immutable;
`;
