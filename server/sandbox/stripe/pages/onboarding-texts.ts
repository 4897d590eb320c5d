const en = {
  title: 'Connect your account',
  lead: 'Here Stripe would ask for your business, a person who answers for it, and a bank account. The sandbox asks for nothing and pays nobody: choose how it ends.',
  account: 'Account',
  country: 'Country',
  complete: 'Complete: everything is in order',
  document: 'Complete, but an identity document is missing',
  later: 'Leave and finish later',
};

const es: typeof en = {
  title: 'Conecte su cuenta',
  lead: 'Aquí Stripe le pediría los datos de su empresa, de una persona que responda por ella y de una cuenta bancaria. El entorno de pruebas no pide nada ni paga a nadie: elija cómo termina.',
  account: 'Cuenta',
  country: 'País',
  complete: 'Completar: todo en orden',
  document: 'Completar, pero falta un documento de identidad',
  later: 'Salir y terminar más tarde',
};

export const onboardingTexts = (lang: 'en' | 'es'): typeof en => (lang === 'es' ? es : en);
