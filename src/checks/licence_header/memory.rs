//! The only unsafe code here: where request and answer stand, and what a panic comes to.
use core::arch::wasm32;

const PAGE: u32 = 65_536;
const ANSWER_BYTES: usize = 8_192;

static mut ANSWER: [u8; ANSWER_BYTES] = [0; ANSWER_BYTES];

/// New pages at the end of memory; 0 when there are none. An instance is asked once.
pub fn reserve(length: u32) -> u32 {
    let pages = length / PAGE + 1;
    let before = wasm32::memory_grow(0, pages as usize);
    if before == usize::MAX {
        0
    } else {
        before as u32 * PAGE
    }
}

/// What check_alloc made room for, given back by the host; nothing else knows of it.
pub fn request(at: u32, length: u32) -> &'static mut [u8] {
    let end = wasm32::memory_size(0) as u64 * u64::from(PAGE);
    if at == 0 || u64::from(at) + u64::from(length) > end {
        wasm32::unreachable();
    }
    unsafe { core::slice::from_raw_parts_mut(at as *mut u8, length as usize) }
}

/// Asked for once in each instance.
pub fn answer() -> &'static mut [u8] {
    unsafe { &mut *core::ptr::addr_of_mut!(ANSWER) }
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    wasm32::unreachable()
}
