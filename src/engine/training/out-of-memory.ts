/**
 * How ONNX Runtime, the CUDA libraries and Dawn say that memory ran out. Seen with onnxruntime-node 1.30 on the CPU:
 * "BFCArena::AllocateRawInternal(...) Failed to allocate memory for requested buffer of size N"; CUDA has the same arena.
 */
const signs =
  /bad_alloc|failed to allocate memory|BFCArena|out of memory|cudaErrorMemoryAllocation|CUDA_ERROR_OUT_OF_MEMORY|array buffer allocation failed|not enough memory/i;

export function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && signs.test(error.message);
}
