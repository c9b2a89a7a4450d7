// native-1 in AssemblyScript: the word "forbidden" anywhere in the request is a violation.

export function check_alloc(length: i32): usize {
  return heap.alloc(length);
}

export function check_eval(request: usize, length: i32): u64 {
  const text = String.UTF8.decodeUnsafe(request, length);
  const at = text.indexOf("forbidden");
  const violations = at < 0
    ? ""
    : '{"code":"forbidden_word","message":"Found at byte ' +
      String.UTF8.byteLength(text.substring(0, at)).toString() + '"}';
  const answer = String.UTF8.encode('{"violations":[' + violations + "]}");
  return (<u64> changetype<usize>(answer) << 32) | answer.byteLength;
}
