/** The request of the invitation form: only `reseller_staff` is given a permission set, whatever was chosen before the role. */
export const invitationOf = ({
  email,
  role,
  permissionSetId,
}: Record<'email' | 'role' | 'permissionSetId', string>) => ({
  email: email.trim(),
  role,
  permissionSetId: role === 'reseller_staff' && permissionSetId !== '' ? permissionSetId : null,
});

/** Whether the actions on a person are offered: never on oneself, and on an administrator only to another one. */
export const mayChange = (
  person: { id: string; role: string },
  reader: { id: string | undefined; role: string | null },
): boolean => person.id !== reader.id && (person.role !== 'reseller_admin' || reader.role === 'reseller_admin');
