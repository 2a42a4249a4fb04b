//! A raw TCP printer, played by a listener of our own.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking, too")]

use outbound::printers::{PrintAnswer, PrinterTimeouts, SlipPrinter, TcpPrinter};
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

/// More than what the network takes from us before anybody reads.
const LONG: usize = 16 * 1_024 * 1_024;

fn printer(listener: &TcpListener, timeouts: PrinterTimeouts) -> SlipPrinter {
    SlipPrinter::Tcp(TcpPrinter { address: listener.local_addr().unwrap().to_string(), timeouts })
}

async fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.unwrap()
}

#[tokio::test]
async fn a_printer_gets_exactly_the_bytes_of_the_slip() {
    let listener = listener().await;
    let printer = printer(&listener, PrinterTimeouts::default());
    let slip: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    let paper = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await.unwrap();
        bytes
    };
    let (answer, paper) = tokio::join!(printer.print(&slip), paper);
    assert_eq!(answer, PrintAnswer::Sent);
    assert_eq!(paper, slip);
}

#[tokio::test]
async fn a_printer_that_is_switched_off_is_not_reachable() {
    let listener = listener().await;
    let printer = printer(&listener, PrinterTimeouts::default());
    drop(listener);
    let answer = printer.print(b"slip").await;
    assert!(
        matches!(&answer, PrintAnswer::NotReachable { why } if why.contains("127.0.0.1:")),
        "{answer:?}"
    );
}

/// Fails when an error after the first byte is called "not reachable": a second print could then give
/// two slips.
#[tokio::test]
async fn a_printer_that_stops_in_the_middle_may_have_printed_half() {
    let listener = listener().await;
    let printer = printer(&listener, PrinterTimeouts::default());
    let breaks = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut first = [0_u8; 16];
        stream.read_exact(&mut first).await.unwrap();
        // Closing with unread bytes breaks the connection off.
        drop(stream);
    };
    let slip = vec![0x1b; LONG];
    let (answer, ()) = tokio::join!(printer.print(&slip), breaks);
    assert!(matches!(answer, PrintAnswer::PartlySent { .. }), "{answer:?}");
}

/// Fails without the farewell: a short slip fits into the network and seems sent.
#[tokio::test]
async fn a_short_slip_that_a_printer_throws_away_is_not_called_sent() {
    let listener = listener().await;
    let timeouts =
        PrinterTimeouts { farewell: Duration::from_secs(20), ..PrinterTimeouts::default() };
    let printer = printer(&listener, timeouts);
    for takes_a_look in [true, false] {
        let breaks = async {
            let (stream, _) = listener.accept().await.unwrap();
            if takes_a_look {
                stream.peek(&mut [0_u8; 1]).await.unwrap();
            }
            drop(stream);
        };
        let (answer, ()) = tokio::join!(printer.print(b"slip"), breaks);
        assert!(matches!(answer, PrintAnswer::PartlySent { .. }), "{takes_a_look}: {answer:?}");
    }
}

#[tokio::test]
async fn a_printer_that_takes_nothing_is_given_up() {
    let listener = listener().await;
    let timeouts =
        PrinterTimeouts { write: Duration::from_millis(50), ..PrinterTimeouts::default() };
    let answer = printer(&listener, timeouts).print(&vec![0; LONG]).await;
    assert!(
        matches!(&answer, PrintAnswer::PartlySent { why } if why.contains("50ms")),
        "{answer:?}"
    );
}
