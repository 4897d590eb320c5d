/** Spanish names of cities that are neither metros nor hotel cities, by airport code. */
export const spanishCityNames: Readonly<Record<string, string>> = {
  AMM: 'Ammán', ANR: 'Amberes', BEY: 'Beirut', BHX: 'Birmingham', BLQ: 'Bolonia', BOD: 'Burdeos', BEG: 'Belgrado', CMN: 'Casablanca', TNG: 'Tánger', FEZ: 'Fez',
  CGN: 'Colonia', CTA: 'Catania', CFU: 'Corfú', CAG: 'Cagliari', DBV: 'Dubrovnik', DUS: 'Düsseldorf', DRS: 'Dresde', GOA: 'Génova', GDN: 'Gdansk', HAM: 'Hamburgo',
  HAJ: 'Hannover', HER: 'Heraclión', KRK: 'Cracovia', LUX: 'Luxemburgo', LYS: 'Lyon', MRS: 'Marsella', NUE: 'Núremberg', STR: 'Stuttgart', LEJ: 'Leipzig', SOF: 'Sofía',
  SKG: 'Salónica', SZG: 'Salzburgo', SXB: 'Estrasburgo', TRN: 'Turín', TLS: 'Toulouse', TLL: 'Tallin', TIA: 'Tirana', TLV: 'Tel Aviv', TUN: 'Túnez', ALG: 'Argel',
  VNO: 'Vilna', ZAG: 'Zagreb', GOT: 'Gotemburgo', LIN: 'Milán', KRT: 'Jartum', ADD: 'Adís Abeba', JED: 'Yeda', RUH: 'Riad', DOH: 'Doha', AUH: 'Abu Dabi',
  DEL: 'Nueva Delhi', KTM: 'Katmandú', CAN: 'Cantón', SGN: 'Ciudad Ho Chi Minh', HAN: 'Hanói', PNH: 'Nom Pen', PHL: 'Filadelfia', MSY: 'Nueva Orleans', HNL: 'Honolulu',
  HAV: 'La Habana', PTY: 'Ciudad de Panamá', GUA: 'Ciudad de Guatemala', ASU: 'Asunción', BSB: 'Brasilia', GLA: 'Glasgow', LJU: 'Liubliana', KIV: 'Chisináu', EVN: 'Ereván',
  TBS: 'Tiflis', GYD: 'Bakú', DKR: 'Dakar', LOS: 'Lagos', ABJ: 'Abiyán', DAR: 'Dar es-Salam', ZNZ: 'Zanzíbar', MRU: 'Mauricio', SEZ: 'Mahé', PPT: 'Papeete', NAN: 'Nadi',
};
