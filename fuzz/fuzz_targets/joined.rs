//! Both agents' logs of one run, joined.
#![no_main]

mod common;

use c2g_twin::record::TapeOptions;

/// Lines of names.
const HARDWARE: &[u8] = b"timestep,s_temp_A_norm,s_temp_B_norm,s_bess_soc,s_p_base_norm,s_p_flex_nom_norm,s_p_facility_norm,s_regd_signal,s_lmp_norm,s_grid_load_norm,s_is_spike,s_prev_throttle,s_prev_pump_speed,s_pue_norm,s_T_amb_norm,s_freq_dev_norm,s_v_pcc_pu,s_backlog_norm,s_committed_mw_norm,a_throttle_batch,a_pump_speed_A,a_hvac_effort,a_bess_dispatch,o_temp_A_norm,o_temp_B_norm,o_bess_soc,o_p_base_norm,o_p_flex_nom_norm,o_p_facility_norm,o_regd_signal,o_lmp_norm,o_grid_load_norm,o_is_spike,o_prev_throttle,o_prev_pump_speed,o_pue_norm,o_T_amb_norm,o_freq_dev_norm,o_v_pcc_pu,o_backlog_norm,o_committed_mw_norm,r,r_backlog,r_freq,r_soc,r_thermal,r_throughput,r_tracking,r_volt\r\n";
const MACRO: &[u8] = b"timestep,s_temp_A_norm,s_temp_B_norm,s_bess_soc,s_p_base_norm,s_p_flex_nom_norm,s_p_facility_norm,s_regd_signal,s_lmp_norm,s_grid_load_norm,s_is_spike,s_prev_throttle,s_prev_pump_speed,s_pue_norm,s_T_amb_norm,s_freq_dev_norm,s_v_pcc_pu,s_backlog_norm,s_rmcp_norm,s_reg_need_norm,a_commit_norm,a_bid_price,o_temp_A_norm,o_temp_B_norm,o_bess_soc,o_p_base_norm,o_p_flex_nom_norm,o_p_facility_norm,o_regd_signal,o_lmp_norm,o_grid_load_norm,o_is_spike,o_prev_throttle,o_prev_pump_speed,o_pue_norm,o_T_amb_norm,o_freq_dev_norm,o_v_pcc_pu,o_backlog_norm,o_rmcp_norm,o_reg_need_norm,r,r_churn,r_elec,r_regulation,r_sub\r\n";

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let (lower, upper) = bytes.split_at(bytes.len() / 2);
    let (lower, upper) = (common::file(HARDWARE, lower), common::file(MACRO, upper));
    let options = TapeOptions { partner: Some(upper.path().to_path_buf()), ..TapeOptions::default() };
    common::play(lower.path(), &options);
});
