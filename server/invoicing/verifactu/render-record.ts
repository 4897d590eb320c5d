import { element, writeXml } from '../../kernel/xml.ts';
import type { XmlElement } from '../../kernel/xml.ts';
import { plainTaxId, spanishTaxIdFault } from '../../kernel/identifiers/spanish-tax-id.ts';
import { countryOfTaxId } from '../../tax/index.ts';
import type { InvoiceRow } from '../repository.ts';
import { taxOfLine } from '../tax-totals.ts';
import { euros, lacksRecipientId, spanishDay, type VerifactuRecord } from './record.ts';

const NAMESPACE =
  'https://www2.agenciatributaria.gob.es/static_files/common/internet/dep/aplicaciones/es/aeat/tike/cont/ws/';
/** The program, as it names itself; a producer enters its own NIF when it certifies its system. */
const SYSTEM = { name: 'Portolan', id: 'PO', version: '1.0' };

/** For whoever opens the record: what it lacks, in the language of the tax agency. */
const INCOMPLETE =
  'REGISTRO INCOMPLETO: el destinatario no ha dado NIF ni otra identificación (IDOtro), que el esquema exige en F1 y R1. La Agencia Tributaria no lo admite así.';

const text = (name: string, value: string) => element(`sf:${name}`, value);
const group = (name: string, ...children: (XmlElement | undefined)[]) => element(`sf:${name}`, children);

/**
 * The record of an invoice as XML (`RegFactuSistemaFacturacion`), from its row and the invoice it speaks of.
 * One without the identification of its recipient says so at its head.
 * @param previous the record before it in the chain; undefined for the first
 */
export function renderRecord(
  record: VerifactuRecord,
  invoice: InvoiceRow,
  previous: VerifactuRecord | undefined,
): string {
  return writeXml(
    element(
      'sfLR:RegFactuSistemaFacturacion',
      [
        element('sfLR:Cabecera', [
          group('ObligadoEmision', text('NombreRazon', invoice.issuer.name), text('NIF', record.nif)),
        ]),
        element('sfLR:RegistroFactura', [alta(record, invoice, previous)]),
      ],
      { 'xmlns:sfLR': `${NAMESPACE}SuministroLR.xsd`, 'xmlns:sf': `${NAMESPACE}SuministroInformacion.xsd` },
    ),
    lacksRecipientId(record.type, invoice.customer) ? INCOMPLETE : undefined,
  );
}

function alta(record: VerifactuRecord, invoice: InvoiceRow, previous: VerifactuRecord | undefined): XmlElement {
  const isCorrection = record.type.startsWith('R');
  return group(
    'RegistroAlta',
    text('IDVersion', '1.0'),
    idOf('IDFactura', record.nif, record.number, record.issued_on),
    text('NombreRazonEmisor', invoice.issuer.name),
    text('TipoFactura', record.type),
    isCorrection ? text('TipoRectificativa', 'I') : undefined,
    isCorrection && invoice.corrects_number && invoice.corrects_issued_at
      ? group(
          'FacturasRectificadas',
          idOf(
            'IDFacturaRectificada',
            record.nif,
            invoice.corrects_number,
            invoice.corrects_issued_at.toISOString().slice(0, 10),
          ),
        )
      : undefined,
    text(
      'DescripcionOperacion',
      invoice.lines
        .map((line) => line.description)
        .join('; ')
        .slice(0, 500),
    ),
    recipientOf(record, invoice),
    breakdown(record, invoice),
    text('CuotaTotal', euros(record.tax_minor)),
    text('ImporteTotal', euros(record.total_minor)),
    group(
      'Encadenamiento',
      previous
        ? group(
            'RegistroAnterior',
            ...fieldsOf(previous.nif, previous.number, previous.issued_on),
            text('Huella', previous.hash),
          )
        : text('PrimerRegistro', 'S'),
    ),
    group(
      'SistemaInformatico',
      text('NombreRazon', invoice.issuer.name),
      text('NIF', record.nif),
      text('NombreSistemaInformatico', SYSTEM.name),
      text('IdSistemaInformatico', SYSTEM.id),
      text('Version', SYSTEM.version),
      text('NumeroInstalacion', '1'),
      text('TipoUsoPosibleSoloVerifactu', 'N'),
      text('TipoUsoPosibleMultiOT', 'S'),
      text('IndicadorMultiplesOT', 'S'),
    ),
    text('FechaHoraHusoGenRegistro', record.generated_at),
    text('TipoHuella', '01'),
    text('Huella', record.hash),
  );
}

const fieldsOf = (nif: string, number: string, day: string): XmlElement[] => [
  text('IDEmisorFactura', nif),
  text('NumSerieFactura', number),
  text('FechaExpedicionFactura', spanishDay(day)),
];
const idOf = (name: string, nif: string, number: string, day: string) => group(name, ...fieldsOf(nif, number, day));

/** Simplified invoices and their corrections name nobody. */
function recipientOf({ type }: VerifactuRecord, { customer }: InvoiceRow): XmlElement | undefined {
  if (type === 'F2' || type === 'R5') return undefined;
  const taxId = customer.taxId;
  const country = countryOfTaxId(taxId);
  const plain = taxId ? plainTaxId(taxId) : '';
  const nif = plain.startsWith('ES') ? plain.slice(2) : plain;
  const isSpanish = spanishTaxIdFault(nif) === undefined;
  return group(
    'Destinatarios',
    group(
      'IDDestinatario',
      text('NombreRazon', customer.name),
      isSpanish
        ? text('NIF', nif)
        : taxId
          ? group(
              'IDOtro',
              country ? text('CodigoPais', country) : undefined,
              text('IDType', country ? '02' : '07'),
              text('ID', plain),
            )
          : undefined,
    ),
  );
}

function breakdown(record: VerifactuRecord, invoice: InvoiceRow): XmlElement {
  const isMargin = invoice.lines.some((line) => taxOfLine(line).scheme === 'margin');
  // 05: the travel agents' scheme, where the invoice's total is more than base and tax.
  const regime = text('ClaveRegimen', isMargin ? '05' : '01');
  const exempt = group(
    'DetalleDesglose',
    text('Impuesto', '01'),
    regime,
    text('OperacionExenta', 'E6'),
    text('BaseImponibleOimporteNoSujeto', euros(record.exempt_minor)),
  );
  return group(
    'Desglose',
    group(
      'DetalleDesglose',
      text('Impuesto', '01'),
      regime,
      text('CalificacionOperacion', 'S1'),
      text('TipoImpositivo', euros(record.rate_bp)),
      text('BaseImponibleOimporteNoSujeto', euros(record.base_minor)),
      text('CuotaRepercutida', euros(record.tax_minor)),
    ),
    record.exempt_minor === 0 ? undefined : exempt,
  );
}
