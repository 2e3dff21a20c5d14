// Writes workbooks by SheetJS, one for each line of stdin, and says so in a line.
const XLSX = require('xlsx');
const readline = require('readline');

// Formats of a number stand in no file, but in what SheetJS calls its table.
const builtIn = (number) => `yyyy"年"m"月"d"日"${'\\ '.repeat(number)}`;
for (let number = 27; number < 59; number++) XLSX.SSF.load(builtIn(number), number);
const ERRORS = { '#N/A': 0x2a, '#REF!': 0x17, '#DIV/0!': 0x07, '#VALUE!': 0x0f };

const cellOf = ({ kind, value, format }) => {
  const z = typeof format === 'number' ? XLSX.SSF.get_table()[format] : format;
  switch (kind) {
    case 'day': return { t: 'd', v: new Date(...value), z };
    case 'serial': return { t: 'n', v: value, z };
    case 'error': return { t: 'e', v: ERRORS[value] };
    case 'formula': return { t: 'n', f: value };
    case 'truth': return { t: 'b', v: value };
    case 'number': return { t: 'n', v: value };
    default: return { t: 's', v: value };
  }
};

const write = ({ target, rows, merged, options }) => {
  const sheet = {}, width = rows[0].length;
  rows.forEach((row, r) => row.forEach((cell, c) => {
    if (cell) sheet[XLSX.utils.encode_cell({ r, c })] = cellOf(cell);
  }));
  sheet['!ref'] = XLSX.utils.encode_range({ r: 0, c: 0 }, { r: rows.length - 1, c: width - 1 });
  sheet['!merges'] = merged.map(([r, c, below, beside]) => ({ s: { r, c }, e: { r: below, c: beside } }));
  const book = XLSX.utils.book_new();
  XLSX.utils.book_append_sheet(book, sheet, '一');
  book.SSF = XLSX.SSF.get_table();
  XLSX.writeFile(book, target, options);
};

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  write(JSON.parse(line));
  console.log('written');
});
