# Check multiple operations
operations = [
    Operation(type="file_write", affected_files=[Path("file1.py")]),
    Operation(type="file_write", affected_files=[Path("file2.py")]),
    Operation(type="file_delete", affected_files=[Path("file3.py")]),
]

results = []
for op in operations:
    try:
        tr.prevent_policy_modification(op)
        results.append((op, True, None))
    except PolicyModificationError as e:
        results.append((op, False, str(e)))

# Process results
for op, allowed, error in results:
    if allowed:
        print(f"✓ {op.type} on {op.affected_files} allowed")
    else:
        print(f"✗ {op.type} blocked: {error}")
