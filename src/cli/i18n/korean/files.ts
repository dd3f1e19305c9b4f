/** Errors in input files, in their rows, and in the results file. */
export const FILES: Readonly<Record<string, string>> = {
  'has a quote that is not closed': '닫히지 않은 따옴표가 있습니다',
  'is empty: a header is expected': '비어 있습니다. 헤더가 필요합니다',
  'has a header that {0}': '헤더에 문제가 있습니다: {0}',
  'has unknown columns: {0}; allowed columns: {1}': '알 수 없는 열이 있습니다: {0}. 쓸 수 있는 열: {1}',
  'has columns that occur more than once: {0}': '같은 열이 여러 번 있습니다: {0}',
  'lacks columns: {0}': '빠진 열이 있습니다: {0}',
  '{0} within 1 MiB': '{0} (1MiB 이내)',
  'has white space before an opening quote': '여는 따옴표 앞에 공백이 있습니다',
  'has text after a closing quote': '닫는 따옴표 뒤에 텍스트가 있습니다',
  'has {0} cells, but the header has {1}': '셀이 {0}개인데, 헤더에는 {1}개가 있습니다',
  "can't be standard input in `shop shell`, which reads its commands from standard input":
    '`shop shell` 안에서는 표준 입력에서 명령을 읽으므로 표준 입력을 쓸 수 없습니다',
  'is a folder: {0}': '폴더입니다: {0}',
  'not found: {0}': '없습니다: {0}',
  'File not found: {0}.': '파일을 찾을 수 없습니다: {0}.',
  "can't be read: {0} ({1})": '읽을 수 없습니다: {0} ({1})',
  "can't be read, because its temporary copy can't be written to {0} ({1})":
    '임시 사본을 {0}에 쓸 수 없어 읽을 수 없습니다 ({1})',
  'Set TMPDIR to a writable folder with enough space, or use a regular file.':
    'TMPDIR을 쓸 수 있고 공간이 충분한 폴더로 설정하거나, 일반 파일을 쓰십시오.',
  'was changed while it was being read: {0}': '읽는 동안 바뀌었습니다: {0}',
  'has NUL bytes, as UTF-16 and binary files do; UTF-8 text is expected':
    'UTF-16이나 바이너리 파일처럼 NUL 바이트가 있습니다. UTF-8 텍스트여야 합니다',
  'If the file is UTF-16, add `--encoding utf-16le` or `--encoding utf-16be`.':
    '파일이 UTF-16이라면 `--encoding utf-16le`나 `--encoding utf-16be`를 추가하십시오.',
  'has NUL bytes; the first is on line {0}': 'NUL 바이트가 있습니다 (처음 나오는 줄: {0})',
  "The file may be damaged, so check that line first. To remove all NUL bytes, run `tr -d '\\000'{0} > clean.csv`.":
    "파일이 손상되었을 수 있으니 먼저 그 줄을 확인하십시오. NUL 바이트를 모두 지우려면 `tr -d '\\000'{0} > clean.csv`를 실행하십시오.",
  'is not JSON: {0}': 'JSON이 아닙니다: {0}',
  'is not a JSON object': 'JSON 객체가 아닙니다',
  'has {0}': '{0}이/가 있습니다',
  'has fields that occur more than once: {0}': '같은 필드가 여러 번 있습니다: {0}',
  'has unknown fields: {0}': '알 수 없는 필드가 있습니다: {0}',
  'has {0} in {1}': '{1}에 {0}이/가 있습니다',
  'a number that is not an integer within ±9,007,199,254,740,991': '±9,007,199,254,740,991 안의 정수가 아닌 수',
  'more than {0} levels of nesting': '{0}단계를 넘는 중첩',
  'is longer than 1 MiB': '1MiB보다 깁니다',
  'is not UTF-8; the first invalid line is {0}': 'UTF-8이 아닙니다 (처음으로 잘못된 줄: {0})',
  'Name the encoding with `--encoding`, such as cp949, shift_jis or windows-1252, or convert the file: `iconv -f CP949 -t UTF-8{0} > utf8.csv`.':
    '`--encoding`으로 cp949, shift_jis, windows-1252 같은 인코딩을 지정하거나, 변환하십시오: `iconv -f CP949 -t UTF-8{0} > utf8.csv`.',
  'is not valid {0} text': '올바른 {0} 텍스트가 아닙니다',
  'The file may be damaged. If its encoding is a different one, name that encoding with `--encoding`.':
    '파일이 손상되었을 수 있습니다. 인코딩이 다르면 그 인코딩을 `--encoding`으로 지정하십시오.',
  'must be an encoding such as {0}, not {1}': '{0} 같은 인코딩이어야 합니다 (입력값: {1})',
  'is a damaged or incomplete gzip file: {0}': '손상되었거나 잘린 gzip 파일입니다: {0}',
  'is a workbook or an archive, not text': '텍스트가 아니라 통합 문서나 압축 파일입니다',
  'is compressed': '압축되어 있습니다',
  'Unpack the file first; shop unpacks only one layer of gzip.':
    '먼저 파일의 압축을 푸십시오. shop은 gzip을 한 겹만 풉니다.',
  'is HTML or XML, not CSV': 'CSV가 아니라 HTML이나 XML입니다',
  'Open the file in a spreadsheet, and save it as "CSV UTF-8 (comma delimited)".':
    '파일을 스프레드시트에서 열어 "CSV UTF-8(쉼표로 분리)"로 저장하십시오.',
  'is a JSON array; one object per line is expected': 'JSON 배열입니다. 한 줄에 객체 하나씩이어야 합니다',
  'has several JSON objects on one line': '한 줄에 JSON 객체가 여러 개 있습니다',
  'has JSON objects that span several lines; one object per line is expected':
    'JSON 객체가 여러 줄에 걸쳐 있습니다. 한 줄에 하나씩이어야 합니다',
  "Convert the file with `jq -c '.[]'{0} > rows.jsonl`.": "파일을 `jq -c '.[]'{0} > rows.jsonl`로 변환하십시오.",
  'Convert the file with `jq -c .{0} > rows.jsonl`.': '파일을 `jq -c .{0} > rows.jsonl`로 변환하십시오.',
  'has several JSON objects; `jq -c .` puts each object on its own line':
    'JSON 객체가 여러 개 있습니다. `jq -c .`로 한 줄에 하나씩 나누십시오',
  'is a JSON array without a closing ]': '끝나지 않은 JSON 배열입니다',
  'is a JSON array with text after its end': 'JSON 배열이 끝난 뒤에 텍스트가 있습니다',
  'seems to have its header on line {0}; delete the lines above the header':
    '헤더가 {0}번째 줄에 있는 것 같습니다. 그 위의 줄을 지우십시오',
  'has a formula (="...") where a value is expected': '값이 있어야 할 곳에 수식(="...")이 있습니다',
  'has text in column {0}, which has no name': '이름이 없는 {0}번째 열에 텍스트가 있습니다',
  'repeats the header': '헤더가 반복됩니다',
  'If this is a table that `shop` printed, print the list again with `-o csv`.':
    '`shop`이 출력한 표라면 `-o csv`로 목록을 다시 출력하십시오.',
  "If the columns are separated by |, add `--delimiter '|'`.":
    "열을 구분하는 문자가 |이면 `--delimiter '|'`를 추가하십시오.",
  'Name the columns to read, for example with `--map {0}`; other columns are then ignored.':
    '`--map {0}`처럼 읽을 열을 지정하십시오. 그러면 다른 열은 무시합니다.',
  'The file seems to have no header. Add a first line with the names of its columns, such as `{0}`.':
    '파일에 헤더가 없는 것 같습니다. `{0}`처럼 열 이름을 적은 첫 줄을 추가하십시오.',
  'lacks columns that --map names: {0}; columns of the file: {1}': '--map에 지정한 열이 없습니다: {0}. 있는 열: {1}',
  'must be one punctuation mark, such as ; or |, or the word tab':
    '; 이나 | 같은 문장 부호 하나이거나 tab이어야 합니다',
  'must be a list of column=heading pairs, such as reference="Variant SKU",name=Title':
    'reference="Variant SKU",name=Title 같은 열 목록이어야 합니다',
  'names a column more than once: {0}': '같은 열을 여러 번 지정했습니다: {0}',
  'has a number with an exponent; plain digits are expected': '지수를 쓴 수가 있습니다. 숫자만 써야 합니다',
  '1 more row was refused.': '거부된 행이 1개 더 있습니다.',
  '{0} more rows were refused.': '거부된 행이 {0}개 더 있습니다.',
  'Add `--results refused.csv` to write all refused rows to a file.':
    '거부된 행을 모두 파일에 쓰려면 `--results refused.csv`를 추가하십시오.',
  'All refused rows will be written to {0}.': '거부된 행은 모두 {0}에 씁니다.',
  '{0} and {1} more': '{0} 외 {1}개',
  'is missing; the batch needs a --name for rows without a key':
    '빠져 있습니다. 키가 없는 행에는 배치의 --name이 필요합니다',
  'must be true or false, not {0}': 'true나 false여야 합니다 (입력값: {0})',
  'must be {0}, not {1}': '{0}여야 합니다 (입력값: {1})',
  'is not a column of the kind {0} (columns: {1})': '종류 {0}에는 없는 열입니다. 쓸 수 있는 열: {1}',
  'must not be empty': '비어 있을 수 없습니다',
  'must be text such as "3:2 7:1", or an array of objects with productId and quantity':
    '"3:2 7:1" 같은 텍스트이거나, productId와 quantity가 있는 객체의 배열이어야 합니다',
  'contain the unknown field {0}': '알 수 없는 필드 {0}이/가 있습니다',
  'must be an id or a reference': 'ID나 참조여야 합니다',
  'Previous values: {0}.': '이전 값: {0}.',
  'An import does not change these stored values: {0}.': '가져오기는 저장된 다음 값을 바꾸지 않습니다: {0}.',
  'is required for a new product': '새 상품에는 있어야 합니다',
  '{0} is unknown, so a reference is required': '{0}은/는 없는 ID이므로 참조가 필요합니다',
  "{0} has no reference yet; set it with `shop {1} edit {2} --reference '{3}'`, or leave id empty to create another one":
    "{0}에는 아직 참조가 없습니다. `shop {1} edit {2} --reference '{3}'`로 지정하거나, 새로 만들려면 id를 비워 두십시오",
  "{0} has the reference {1}, which can't be changed; leave id empty to create another one":
    '{0}의 참조는 {1}이며 바꿀 수 없습니다. 새로 만들려면 id를 비워 두십시오',
  'A batch name is required for rows without a key.': '키가 없는 행에는 배치 이름이 필요합니다.',
  "can't be written: {0}": '쓸 수 없습니다: {0}',
  'must end with {0}, not {1}': '{0}(으)로 끝나야 합니다 (입력값: {1})',
  'must name a file; {0} is not a regular file': '파일이어야 합니다. {0}은/는 파일이 아닙니다',
  'would overwrite the input file: {0}': '입력 파일을 덮어쓰게 됩니다: {0}',
  'The rows have been sent; run the same command again to get their outcomes.':
    '행은 모두 보냈습니다. 결과를 얻으려면 같은 명령을 다시 실행하십시오.',
};
