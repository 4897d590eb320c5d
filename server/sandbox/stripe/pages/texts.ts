export interface Texts {
  lang: 'en' | 'es';
  mark: string;
  payTo: string;
  back: string;
  quantity: string;
  cardTitle: string;
  keptTitle: string;
  payWith: string;
  otherCard: string;
  keep: string;
  email: string;
  number: string;
  expiry: string;
  expiryHint: string;
  cvc: string;
  name: string;
  pay: string;
  required: string;
  testCards: string;
  ok: string;
  declined: string;
  secure: string;
  insufficient: string;
  anyFuture: string;
  errorTitle: string;
  emailBad: string;
  nameBad: string;
  challengeTitle: string;
  challengeText: string;
  complete: string;
  fail: string;
  paidTitle: string;
  paidText: string;
  goOn: string;
  expiredTitle: string;
  expiredText: string;
  missingTitle: string;
  missingText: string;
  doneTitle: string;
  doneText: string;
  errors: Record<string, string>;
  authFailed: string;
}

const EN: Texts = {
  lang: 'en',
  mark: 'Sandbox – no real money',
  payTo: 'Order',
  back: 'Go back without paying',
  quantity: 'Quantity',
  cardTitle: 'Pay by card',
  keptTitle: 'Your saved cards',
  payWith: 'Pay {total} with {card}',
  otherCard: 'Pay with another card',
  keep: 'Save my card for next time',
  email: 'Email',
  number: 'Card number',
  expiry: 'Expiry date',
  expiryHint: 'MM / YY',
  cvc: 'Security code',
  name: 'Name on card',
  pay: 'Pay',
  required: 'All fields are required.',
  testCards: 'Test cards',
  ok: 'Accepted',
  declined: 'Declined',
  secure: 'Asks for 3-D Secure',
  insufficient: 'Insufficient funds',
  anyFuture: 'Use any future date and any 3-digit code. Do not type a real card.',
  errorTitle: 'The payment was not made',
  emailBad: 'Type a complete email address, such as name@example.com.',
  nameBad: 'Type the name as it is on the card.',
  challengeTitle: '3-D Secure check',
  challengeText: 'Your bank would now ask you to confirm this payment. In the sandbox you choose the answer.',
  complete: 'Complete',
  fail: 'Fail',
  paidTitle: 'This order is already paid',
  paidText: 'Nothing more has to be done here.',
  goOn: 'Continue',
  expiredTitle: 'This payment page has expired',
  expiredText: 'Go back to the shop and start the payment again.',
  missingTitle: 'Page not found',
  missingText: 'The address is not complete, or it belongs to another sandbox.',
  doneTitle: 'Answer recorded',
  doneText: 'You can close this page and go back to the shop.',
  errors: {},
  authFailed: 'Your bank did not confirm the payment. Try again or use another card.',
};

const ES: Texts = {
  lang: 'es',
  mark: 'Entorno de pruebas – sin dinero real',
  payTo: 'Pedido',
  back: 'Volver sin pagar',
  quantity: 'Cantidad',
  cardTitle: 'Pago con tarjeta',
  keptTitle: 'Sus tarjetas guardadas',
  payWith: 'Pagar {total} con {card}',
  otherCard: 'Pagar con otra tarjeta',
  keep: 'Guardar mi tarjeta para la próxima vez',
  email: 'Correo electrónico',
  number: 'Número de tarjeta',
  expiry: 'Caducidad',
  expiryHint: 'MM / AA',
  cvc: 'Código de seguridad',
  name: 'Titular de la tarjeta',
  pay: 'Pagar',
  required: 'Todos los campos son obligatorios.',
  testCards: 'Tarjetas de prueba',
  ok: 'Aceptada',
  declined: 'Rechazada',
  secure: 'Pide 3-D Secure',
  insufficient: 'Sin fondos suficientes',
  anyFuture: 'Use cualquier fecha futura y cualquier código de 3 cifras. No escriba una tarjeta real.',
  errorTitle: 'No se ha realizado el pago',
  emailBad: 'Escriba un correo completo, como nombre@ejemplo.com.',
  nameBad: 'Escriba el nombre como figura en la tarjeta.',
  challengeTitle: 'Verificación 3-D Secure',
  challengeText:
    'Ahora su banco le pediría que confirmara el pago. En el entorno de pruebas, usted elige la respuesta.',
  complete: 'Completar',
  fail: 'Rechazar',
  paidTitle: 'Este pedido ya está pagado',
  paidText: 'No hay nada más que hacer aquí.',
  goOn: 'Continuar',
  expiredTitle: 'Esta página de pago ha caducado',
  expiredText: 'Vuelva a la tienda y empiece el pago de nuevo.',
  missingTitle: 'Página no encontrada',
  missingText: 'La dirección está incompleta o pertenece a otro entorno.',
  doneTitle: 'Respuesta registrada',
  doneText: 'Puede cerrar esta página y volver a la tienda.',
  authFailed: 'Su banco no ha confirmado el pago. Inténtelo de nuevo o use otra tarjeta.',
  errors: {
    generic_decline: 'Su tarjeta ha sido rechazada.',
    insufficient_funds: 'Su tarjeta no tiene fondos suficientes.',
    lost_card: 'Su tarjeta ha sido rechazada.',
    stolen_card: 'Su tarjeta ha sido rechazada.',
    fraudulent: 'Su tarjeta ha sido rechazada.',
    expired_card: 'Su tarjeta ha caducado.',
    card_velocity_exceeded: 'Su tarjeta ha sido rechazada.',
    incorrect_cvc: 'El código de seguridad es incorrecto.',
    processing_error: 'No se ha podido procesar la tarjeta. Inténtelo de nuevo en unos minutos.',
    test_mode_live_card: 'Su tarjeta ha sido rechazada: aquí solo valen las tarjetas de prueba.',
    incorrect_number: 'El número de tarjeta es incorrecto.',
    invalid_expiry_month: 'El mes de caducidad no es válido.',
    invalid_expiry_year: 'La fecha de caducidad no es válida o ya ha pasado.',
    invalid_cvc: 'El código de seguridad no es válido.',
    authentication_required: 'La tarjeta exige una autenticación.',
  },
};

/** English or Spanish: the session's locale, or the browser's when it is `auto`. */
export function textsFor(locale: string | null | undefined, acceptLanguage: string | undefined): Texts {
  const wanted = !locale || locale === 'auto' ? (acceptLanguage ?? 'en') : locale;
  return wanted.toLowerCase().startsWith('es') ? ES : EN;
}
